import ExifReader from 'exifreader';
import { isExifAffordable } from './exif-budget.ts';
import type { ImageFormat } from './sniff.ts';

/** A chosen part of an image's EXIF (Exif 3.0, CIPA DC-008). */
export interface Exif {
  make?: string;
  model?: string;
  lens?: string;
  /** The camera's local time, `2026-08-14T17:02:11`, with its offset where the image says one. */
  taken_at?: string;
  /** Seconds, as a fraction: `1/250`. */
  exposure?: string;
  f_number?: number;
  iso?: number;
  /** Millimetres. */
  focal_length?: number;
  software?: string;
  /** Degrees, metres; only where the deployment includes coordinates. */
  gps?: { latitude: number; longitude: number; altitude?: number };
}

export interface ExifFacts {
  /** 1 to 8; absent where the image doesn't say. */
  orientation?: number;
  exif?: Exif;
  has_gps: boolean;
}

/** Never throws: EXIF that can't be read is as good as none, for the image itself may be fine. */
export function readExif(bytes: Uint8Array, format: ImageFormat, { gps }: { gps: boolean }): ExifFacts {
  const tags = WITH_EXIF.has(format) && isExifAffordable(bytes) ? loadTags(bytes) : undefined;
  if (!tags) return { has_gps: false };
  const exif = chosenTags(tags, gps);
  const orientation = numberIn(tags.exif?.Orientation?.value);
  return {
    ...(orientation !== undefined && orientation >= 1 && orientation <= 8 && { orientation }),
    ...(Object.keys(exif).length > 0 && { exif }),
    has_gps: tags.gps?.Latitude !== undefined && tags.gps.Longitude !== undefined,
  };
}

const WITH_EXIF: ReadonlySet<ImageFormat> = new Set(['jpeg', 'png', 'webp', 'avif', 'heic', 'tiff', 'jxl']);

type Tags = ReturnType<typeof loadTagsOrThrow>;

function loadTags(bytes: Uint8Array): Tags | undefined {
  try {
    return loadTagsOrThrow(bytes);
  } catch {
    return undefined;
  }
}

function loadTagsOrThrow(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ExifReader.loadView(view, { expanded: true, includeTags: { exif: true, gps: true } });
}

function chosenTags({ exif: tags, gps: position }: Tags, withGps: boolean): Exif {
  const chosen: Exif = {
    make: textIn(tags?.Make?.value),
    model: textIn(tags?.Model?.value),
    lens: textIn(tags?.LensModel?.value),
    taken_at: timeIn(tags?.DateTimeOriginal?.value, tags?.OffsetTimeOriginal?.value),
    exposure: exposureIn(tags?.ExposureTime?.value),
    f_number: numberIn(tags?.FNumber?.value),
    iso: wholeNumberIn(tags?.ISOSpeedRatings?.value),
    focal_length: numberIn(tags?.FocalLength?.value),
    software: textIn(tags?.Software?.value),
    gps: withGps ? positionIn(position) : undefined,
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

// No camera's name is longer; a hostile file's could be.
const MAX_TEXT = 200;

function textIn(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') return undefined;
  return (
    first
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, MAX_TEXT) || undefined
  );
}

/** A number, or a rational as `[numerator, denominator]`, to four decimals. */
function numberIn(value: unknown): number | undefined {
  const parts: unknown[] = Array.isArray(value) ? value : [value, 1];
  const [numerator, denominator = 1] = parts;
  if (typeof numerator !== 'number' || typeof denominator !== 'number') return undefined;
  const number = rounded(numerator / denominator, 4);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}

function wholeNumberIn(value: unknown): number | undefined {
  const number = numberIn(value);
  return Number.isInteger(number) ? number : undefined;
}

/** Exif writes `2026:08:14 17:02:11`, and the offset apart: `+02:00`. */
function timeIn(value: unknown, offset: unknown): string | undefined {
  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(textIn(value) ?? '');
  if (!time || time[1] === '0000') return undefined;
  const zone = /^(?:[+-]\d\d:\d\d|Z)$/.exec(textIn(offset) ?? '')?.[0] ?? '';
  return `${time.slice(1, 4).join('-')}T${time[4] ?? ''}${zone}`;
}

function exposureIn(value: unknown): string | undefined {
  const seconds = numberIn(value);
  if (!Array.isArray(value) || seconds === undefined || value[0] === 0) return undefined;
  const [numerator, denominator] = value as [number, number];
  const exact = numerator / denominator;
  return exact >= 1 ? String(seconds) : `1/${Math.round(1 / exact)}`;
}

function positionIn(position: Tags['gps']): Exif['gps'] {
  const { Latitude: latitude, Longitude: longitude, Altitude: altitude } = position ?? {};
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return undefined;
  return {
    latitude: rounded(latitude, 6),
    longitude: rounded(longitude, 6),
    ...(altitude !== undefined && Number.isFinite(altitude) && { altitude: rounded(altitude, 1) }),
  };
}

function isDegrees(value: number | undefined, limit: number): value is number {
  return value !== undefined && Math.abs(value) <= limit;
}
