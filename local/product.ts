import { type FunctionSettings, environmentOf, functionArn } from './functions/function-settings.ts';
import type { NotificationSettings } from './events/object-notification.ts';
import type { Secrets } from './secrets.ts';

/** How the product is set up here, as Terraform sets it up on AWS. */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '123456789012';
export const BUCKET = 'images-local';
export const TABLE = 'ImageMetadata';
export const STAGE = 'prod';
export const API_ID = 'local';
const IMAGE_PREFIX = 'uploads/';

export const EVENT_FUNCTION = 's3_file_event';
export const EVENT_FUNCTION_ARN = functionArn(REGION, ACCOUNT_ID, EVENT_FUNCTION);

export const NOTIFICATION: NotificationSettings = {
  configurationId: EVENT_FUNCTION,
  region: REGION,
  prefix: IMAGE_PREFIX,
  events: ['ObjectCreated:*', 'ObjectRemoved:*', 'LifecycleExpiration:*'],
};

/** AWS waits one and two minutes. */
export const RETRY_AFTER_MS = [500, 2_000];

interface Limits {
  timeoutMs: number;
  environments: number;
}

const API_LIMITS: Limits = { timeoutMs: 30_000, environments: 2 };
export const EVENT_LIMITS: Limits = { timeoutMs: 60_000, environments: 4 };
const MEMORY_MB = 512;

export interface Endpoints {
  s3: string;
  dynamoDb: string;
}

/** The functions that the contract names, and the one that the bucket tells. */
export function functionsOf(
  apiFunctions: string[],
  secrets: Secrets,
  endpoints: Endpoints,
): FunctionSettings[] {
  const api = [...new Set(apiFunctions)].map((name) => settingsOf(name, API_LIMITS, secrets, endpoints));
  return [...api, settingsOf(EVENT_FUNCTION, EVENT_LIMITS, secrets, endpoints)];
}

function settingsOf(name: string, limits: Limits, secrets: Secrets, endpoints: Endpoints): FunctionSettings {
  const { accessKeyId, secretAccessKey } = secrets;
  const environment = environmentOf({
    name,
    region: REGION,
    accessKeyId,
    secretAccessKey,
    memoryMb: MEMORY_MB,
    variables: variablesOf(endpoints),
  });
  return { name, arn: functionArn(REGION, ACCOUNT_ID, name), environment, memoryMb: MEMORY_MB, ...limits };
}

function variablesOf({ s3, dynamoDb }: Endpoints): Record<string, string> {
  return {
    BUCKET_NAME: BUCKET,
    TABLE_NAME: TABLE,
    IMAGE_PREFIX,
    EXIF_GPS: 'exclude',
    MAX_UPLOAD_BYTES: '4718592',
    CORS_ORIGINS: '*',
    POWERTOOLS_SERVICE_NAME: 'image-metadata-api',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
