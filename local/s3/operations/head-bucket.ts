import type { Operation } from '../operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket: Operation = async (_call, { region }) => ({
  status: 200,
  headers: {
    'x-amz-bucket-region': region,
    'x-amz-access-point-alias': 'false',
    'content-type': 'application/xml',
  },
});
