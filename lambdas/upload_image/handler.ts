import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { createUploadApi } from '../../core/api/upload-api.ts';
import contract from '../../openapi.yaml';
import { numberSetting, setting } from '../shared/config.ts';
import { requestIdOf, restApiHandler } from '../shared/rest-api.ts';
import { syncOptions } from '../shared/sync-options.ts';

const options = syncOptions();

export const handler = restApiHandler(
  createUploadApi({
    ...options,
    imagePrefix: options.home.prefix,
    contract,
    functionName: 'upload_image',
    corsOrigins: setting('CORS_ORIGINS').split(','),
    requestId: requestIdOf,
    log: new Logger(),
    newUploadId: randomUUID,
    maxUploadBytes: numberSetting('MAX_UPLOAD_BYTES'),
  }),
);
