/** The request is not as the contract says; `message` says what and where, and is for the caller. */
export class InvalidRequest extends Error {
  override name = 'InvalidRequest';
}

/** The name can't be an image's; `message` says which rule it breaks, and is for the caller. */
export class InvalidName extends Error {
  override name = 'InvalidName';
}

export class ImageNotFound extends Error {
  override name = 'ImageNotFound';
}

export class RouteNotFound extends Error {
  override name = 'RouteNotFound';
}

/** Thrown by `ImageObjects.put` with `ifAbsent`. */
export class ImageExists extends Error {
  override name = 'ImageExists';
}

/** Another write of the same key was under way; thrown by `ImageObjects.put`. */
export class UploadConflict extends Error {
  override name = 'UploadConflict';
}

/** More than the API takes in a request. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

/** More than the bucket takes in one request. */
export class TooLargeForOnePut extends Error {
  override name = 'TooLargeForOnePut';
}

export class NotAnImage extends Error {
  override name = 'NotAnImage';
}

export class UnsupportedMediaType extends Error {
  override name = 'UnsupportedMediaType';
}

/** The bucket or the table did not answer and may do so later; thrown by the cloud's side, with the `cause`. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}
