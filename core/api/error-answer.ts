import {
  ImageExists,
  ImageNotFound,
  InvalidName,
  InvalidRequest,
  NotAnImage,
  RouteNotFound,
  TooLarge,
  TooLargeForOnePut,
  Unavailable,
  UnsupportedMediaType,
  UploadConflict,
} from '../errors.ts';

export interface ErrorAnswer {
  status: 400 | 404 | 409 | 413 | 415 | 500 | 503;
  code: string;
  /** Absent: the error's own message, which is meant for the caller. */
  error?: string;
  hint?: string;
  headers?: Record<string, string>;
}

type ErrorClass = new (...parameters: never[]) => Error;

const ANSWERS = new Map<ErrorClass, ErrorAnswer>([
  [InvalidRequest, { status: 400, code: 'invalid_request' }],
  [InvalidName, { status: 400, code: 'invalid_name' }],
  [ImageNotFound, { status: 404, code: 'image_not_found', error: 'Image not found' }],
  [RouteNotFound, { status: 404, code: 'route_not_found', error: 'Route not found' }],
  [
    ImageExists,
    {
      status: 409,
      code: 'image_exists',
      error: 'An image with this name exists',
      hint: 'Add overwrite=true to replace it, or choose another name',
    },
  ],
  [
    UploadConflict,
    {
      status: 409,
      code: 'upload_conflict',
      error: 'Another upload of this name was under way',
      hint: 'Try again',
    },
  ],
  [
    TooLarge,
    {
      status: 413,
      code: 'too_large',
      error: 'The image is larger than the API takes',
      hint: 'Ask POST /images/upload-url for an address, and PUT the image there: up to 5 GB',
    },
  ],
  [
    TooLargeForOnePut,
    { status: 413, code: 'too_large', error: 'The image is larger than one PUT can be: 5 GB' },
  ],
  [NotAnImage, { status: 415, code: 'not_an_image', error: 'The bytes are not an image' }],
  [
    UnsupportedMediaType,
    {
      status: 415,
      code: 'unsupported_media_type',
      error: 'The content type is not taken here',
      hint: 'The contract lists the types: openapi.yaml',
    },
  ],
  [
    Unavailable,
    {
      status: 503,
      code: 'unavailable',
      error: 'Temporarily unavailable',
      hint: 'Try again in a moment',
      headers: { 'retry-after': '1' },
    },
  ],
]);

const INTERNAL: ErrorAnswer = { status: 500, code: 'internal_error', error: 'Internal error' };

/** What a client is told of an error; of one that is not in the table, nothing but that it is ours. */
export function errorAnswer(error: Error): ErrorAnswer {
  return ANSWERS.get(error.constructor as ErrorClass) ?? INTERNAL;
}
