import type { Operation } from '../operation.ts';
import { OWNER } from '../owner.ts';
import { S3_NAMESPACE, xmlDocument } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const listBuckets: Operation = async (_call, { buckets, region, startedAt }) => ({
  status: 200,
  body: xmlDocument(
    'ListAllMyBucketsResult',
    [
      ['Owner', OWNER],
      [
        'Buckets',
        buckets.map((name) => [
          'Bucket',
          [
            ['Name', name],
            ['CreationDate', startedAt],
            ['BucketRegion', region],
          ],
        ]),
      ],
    ],
    S3_NAMESPACE,
  ),
});
