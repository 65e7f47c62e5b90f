import type { ClassicLevel } from 'classic-level';

/** The stack's one LevelDB, in which each part has sublevels of its own. */
export type Database = ClassicLevel<string, unknown>;
