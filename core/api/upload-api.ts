import { UnsupportedMediaType } from '../errors.ts';
import { toImageId } from '../image-id.ts';
import { type UploadOptions, type UploadUrlRequest, createUploadUrl, uploadImage } from '../upload-image.ts';
import { type Answer, type Api, type ApiOptions, type CheckedRequest, createApi } from './api.ts';
import { checkJson } from './check-request.ts';
import { mediaType, readUpload } from './read-upload.ts';

export type UploadApiOptions = ApiOptions & UploadOptions;

/** The API that takes images, and gives addresses to put large ones to. */
export function createUploadApi(options: UploadApiOptions): Api {
  return createApi(options, {
    upload_image: async (request) => upload(request, options),
    create_upload_url: async (request) => createUrl(request, options),
  });
}

async function upload(request: CheckedRequest, options: UploadApiOptions): Promise<Answer> {
  const given = await readUpload(request);
  request.about(toImageId(given.name, options.imagePrefix));
  const record = await uploadImage(given, options);
  return { status: 201, body: record, headers: { location: recordPath(record.image_id) } };
}

async function createUrl(request: CheckedRequest, options: UploadApiOptions): Promise<Answer> {
  const { raw, query, operation } = request;
  if (mediaType(raw) !== 'application/json' || !operation.body) throw new UnsupportedMediaType();
  // The contract was checked: the body and the query together have UploadUrlRequest's shape.
  const body = checkJson(await raw.text(), operation.body) as Omit<UploadUrlRequest, 'overwrite'>;
  request.about(toImageId(body.name, options.imagePrefix));
  return {
    status: 201,
    body: await createUploadUrl({ ...body, overwrite: query['overwrite'] === true }, options),
  };
}

/** Relative to `…/images`, so that it is right under any stage or base path (RFC 9110 §10.2.2). */
function recordPath(imageId: string): string {
  return `metadata/${imageId.split('/').map(encodeURIComponent).join('/')}`;
}
