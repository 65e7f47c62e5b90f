import { ImageNotFound } from '../errors.ts';
import { type ListRequest, listImages } from '../list-images.ts';
import type { ImageRecords } from '../ports.ts';
import { pruneImage } from '../prune-image.ts';
import { type Answer, type Api, type ApiOptions, createApi } from './api.ts';

export interface MetadataApiOptions extends ApiOptions {
  records: ImageRecords;
}

/** The API that reads the index and prunes it. */
export function createMetadataApi(options: MetadataApiOptions): Api {
  const { records, imagePrefix } = options;
  return createApi(options, {
    // The contract was checked: the query has ListRequest's shape.
    list_metadata: async ({ query }) => ({
      status: 200,
      body: await listImages(query as unknown as ListRequest, records, imagePrefix),
    }),
    get_metadata: async ({ imageId }) => getMetadata(imageId, records),
    delete_metadata: async ({ imageId }) => {
      await pruneImage(imageId, records);
      return { status: 200, body: { message: 'Image metadata deleted', image_id: imageId } };
    },
  });
}

async function getMetadata(imageId: string, records: ImageRecords): Promise<Answer> {
  const stored = await records.get(imageId);
  if (!stored?.record) throw new ImageNotFound();
  return { status: 200, body: stored.record, headers: { etag: `"${stored.version}"` } };
}
