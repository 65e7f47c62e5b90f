import type { Operation } from '../operation.ts';
import { S3_NAMESPACE, xmlDocument } from '../xml.ts';

/**
 * The first region has no name here, as on S3.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export const getBucketLocation: Operation = async (_call, { region }) => ({
  status: 200,
  body: xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region, S3_NAMESPACE),
});
