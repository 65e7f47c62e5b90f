import { Logger } from '@aws-lambda-powertools/logger';
import { createMetadataApi } from '../../core/api/metadata-api.ts';
import contract from '../../openapi.yaml';
import { imagePrefixSetting, listSetting, setting } from '../shared/config.ts';
import { imageTable } from '../shared/image-table.ts';
import { requestIdOf, restApiHandler } from '../shared/rest-api.ts';

const logger = new Logger();

export const handler = restApiHandler(
  createMetadataApi({
    contract,
    functionName: 'get_image_metadata',
    corsOrigins: listSetting('CORS_ORIGINS'),
    requestId: requestIdOf,
    log: logger,
    now: () => new Date(),
    records: imageTable({ tableName: setting('TABLE_NAME'), bucket: setting('BUCKET_NAME') }),
    imagePrefix: imagePrefixSetting(),
  }),
  logger,
);
