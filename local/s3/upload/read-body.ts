import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientGone } from '../errors.ts';

/**
 * The bytes of a request's body. Leaving off early does not end the connection, so that the answer can
 * still be sent. Throws ClientGone when the connection was cut.
 */
export async function* readBody(
  message: IncomingMessage,
  response: ServerResponse,
): AsyncGenerator<Buffer, void, void> {
  if (isWaitingToSend(message)) response.writeContinue();
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (cause) {
    throw new ClientGone('The connection was cut in the middle of a body', { cause });
  }
}

/** `Expect: 100-continue`: the client holds its body back until it is asked for it. */
function isWaitingToSend(message: IncomingMessage): boolean {
  return message.headers.expect?.toLowerCase() === '100-continue';
}
