import { S3Error } from './errors.ts';
import type { Operation } from './operation.ts';
import { abortMultipartUpload } from './operations/abort-multipart-upload.ts';
import { completeMultipartUpload } from './operations/complete-multipart-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createMultipartUpload } from './operations/create-multipart-upload.ts';
import { deleteObject } from './operations/delete-object.ts';
import { deleteObjects } from './operations/delete-objects.ts';
import { getBucketLocation } from './operations/get-bucket-location.ts';
import { getObject } from './operations/get-object.ts';
import { headBucket } from './operations/head-bucket.ts';
import { headObject } from './operations/head-object.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { listMultipartUploads } from './operations/list-multipart-uploads.ts';
import { listObjects } from './operations/list-objects.ts';
import { listObjectsV2 } from './operations/list-objects-v2.ts';
import { listParts } from './operations/list-parts.ts';
import { putObject } from './operations/put-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import type { S3Request } from './request.ts';

/**
 * What is offered: method, what it is about, and the sub-resources of the query in alphabetical order.
 * Whatever is not in this table is answered with 501.
 */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET service': listBuckets,
  'HEAD bucket': headBucket,
  'GET bucket': listObjects,
  'GET bucket?location': getBucketLocation,
  'GET bucket?list-type': listObjectsV2,
  'POST bucket?delete': deleteObjects,
  'GET bucket?uploads': listMultipartUploads,
  'PUT object': putObject,
  'PUT object from another': copyObject,
  'GET object': getObject,
  'HEAD object': headObject,
  'DELETE object': deleteObject,
  'POST object?uploads': createMultipartUpload,
  'PUT object?partNumber&uploadId': uploadPart,
  'GET object?uploadId': listParts,
  'POST object?uploadId': completeMultipartUpload,
  'DELETE object?uploadId': abortMultipartUpload,
};

/**
 * Query parameters that choose another operation, or another object. Any other parameter belongs to
 * the operation, or is ignored as S3 ignores it (the SDK's `x-id`).
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const SUB_RESOURCES = new Set(
  (
    'abac accelerate acl analytics append attributes cors delete encryption intelligent-tiering inventory ' +
    'legal-hold lifecycle list-type location logging metadataConfiguration metadataInventoryTable ' +
    'metadataJournalTable metadataTable metrics notification object-lock ownershipControls partNumber policy ' +
    'policyStatus publicAccessBlock renameObject replication requestPayment restore retention select ' +
    'select-type session tagging torrent uploadId uploads versionId versioning versions website'
  ).split(' '),
);

const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);

/** Throws MethodNotAllowed for a method that S3 doesn't have, NotImplemented for what is not offered here. */
export function findOperation(request: S3Request): Operation {
  const { method, bucket, key } = request;
  const resource = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service';
  if (!METHODS.has(method)) {
    throw new S3Error('MethodNotAllowed', {
      detail: { Method: method, ResourceType: resource.toUpperCase() },
    });
  }
  const copy = isCopy(request) ? ' from another' : '';
  const name = `${method} ${resource}${subResources(request)}${copy}`;
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation !== undefined) return operation;
  throw new S3Error('NotImplemented', {
    message: `The local S3 does not offer this operation: ${name}`,
    detail: { Resource: request.path },
  });
}

/** A copy is told from an upload by a header alone; one of a part by the query too. */
export function isCopy(request: S3Request): boolean {
  const { method, key, headers } = request;
  return method === 'PUT' && key !== '' && headers.has('x-amz-copy-source') && subResources(request) === '';
}

function subResources({ query }: S3Request): string {
  const names = new Set(query.map(([name]) => name).filter((name) => SUB_RESOURCES.has(name)));
  return names.size === 0 ? '' : `?${[...names].sort().join('&')}`;
}
