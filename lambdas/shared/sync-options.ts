import type { SyncOptions } from '../../core/sync-object.ts';
import { imagePrefixSetting, oneOfSetting, setting } from './config.ts';
import { imageBucket } from './image-bucket.ts';
import { imageTable } from './image-table.ts';

/** The bucket, the table and the settings of a function that writes to the index, from its environment. */
export function syncOptions(): SyncOptions & { bucket: string } {
  const bucket = setting('BUCKET_NAME');
  const objects = imageBucket({ bucket });
  return {
    bucket,
    objects,
    records: imageTable({ tableName: setting('TABLE_NAME'), bucket }),
    home: { bucket, prefix: imagePrefixSetting(), url: (key) => objects.url(key) },
    gps: oneOfSetting('EXIF_GPS', ['include', 'exclude']) === 'include',
    now: () => new Date(),
  };
}
