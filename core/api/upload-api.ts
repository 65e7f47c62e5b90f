import { UnsupportedMediaType } from '../errors.ts';
import { createUploadUrl, uploadImage } from '../upload-image.ts';
import type { UploadOptions, UploadUrlRequest } from '../upload-image.ts';
import { createApi } from './api.ts';
import type { Answer, Api, ApiOptions, CheckedRequest } from './api.ts';
import { checkJson } from './check-request.ts';
import { mediaType, readUpload } from './read-upload.ts';

export interface UploadApiOptions extends ApiOptions, UploadOptions {}

/** The API that takes images, and gives addresses to put large ones to. */
export function createUploadApi(options: UploadApiOptions): Api {
  return createApi(options, {
    upload_image: async (request) => {
      const record = await uploadImage(await readUpload(request), options);
      const imageId = record.image_id;
      return { status: 201, body: record, headers: { location: recordPath(imageId) }, imageId };
    },
    create_upload_url: async (request) => createUrl(request, options),
  });
}

async function createUrl({ raw, query, operation }: CheckedRequest, options: UploadOptions): Promise<Answer> {
  if (mediaType(raw) !== 'application/json' || !operation.body) throw new UnsupportedMediaType();
  // The contract was checked: the body and the query together have UploadUrlRequest's shape.
  const body = checkJson(await raw.text(), operation.body) as Omit<UploadUrlRequest, 'overwrite'>;
  const url = await createUploadUrl({ ...body, overwrite: query['overwrite'] === true }, options);
  return { status: 201, body: url, imageId: url.image_id };
}

/** Relative to `…/images`, so that it is right under any stage or base path (RFC 9110 §10.2.2). */
function recordPath(imageId: string): string {
  return `metadata/${imageId.split('/').map(encodeURIComponent).join('/')}`;
}
