/** One function as Lambda would have it configured. */
export interface FunctionSettings {
  name: string;
  arn: string;
  /** All that `process.env` holds inside. */
  environment: Record<string, string>;
  timeoutMs: number;
  /** The size of the heap. */
  memoryMb: number;
  /** How many invocations may run at once; further ones wait. */
  environments: number;
}

export interface FunctionContext {
  name: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  memoryMb: number;
  /** What the product's configuration adds. */
  variables: Record<string, string>;
}

/** Source: Lambda Developer Guide, "Defined runtime environment variables". */
export function environmentOf(context: FunctionContext): Record<string, string> {
  return {
    _HANDLER: 'index.handler',
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_ACCESS_KEY_ID: context.accessKeyId,
    AWS_SECRET_ACCESS_KEY: context.secretAccessKey,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: context.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(context.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${context.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    // Lambda has no home folder with a profile; a developer's own must not reach the functions.
    AWS_CONFIG_FILE: '/var/task/none',
    AWS_SHARED_CREDENTIALS_FILE: '/var/task/none',
    ...context.variables,
  };
}

export function functionArn(region: string, accountId: string, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}
