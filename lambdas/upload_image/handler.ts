import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { createUploadApi } from '../../core/api/upload-api.ts';
import contract from '../../openapi.yaml';
import { listSetting, numberSetting } from '../shared/config.ts';
import { requestIdOf, restApiHandler } from '../shared/rest-api.ts';
import { syncOptions } from '../shared/sync-options.ts';

const logger = new Logger();
const options = syncOptions();

export const handler = restApiHandler(
  createUploadApi({
    ...options,
    imagePrefix: options.home.prefix,
    contract,
    functionName: 'upload_image',
    corsOrigins: listSetting('CORS_ORIGINS'),
    requestId: requestIdOf,
    log: logger,
    newUploadId: randomUUID,
    maxUploadBytes: numberSetting('MAX_UPLOAD_BYTES'),
  }),
  logger,
);
