import { describe, expect, it } from '@jest/globals';
import { apiLine, eventLine, s3Line } from './console-lines.ts';
import type { ObjectChange } from './s3/object-change.ts';

const common = { requestId: 'r', ms: 12, log: [] };
const change = { eventName: 'ObjectCreated:Put', key: 'uploads/a b.jpg' } as ObjectChange;
const error = { errorType: 'TypeError', errorMessage: 'no good' };

describe('the line of an event', () => {
  it('says what the function logged that it came to', () => {
    const log = [{ outcome: 'written' }, { message: 'more' }];
    expect(eventLine({ change, result: { ...common, ok: true, payload: null, log } })).toEqual({
      kind: 'event',
      outcome: 'written',
      ms: 12,
      what: 'ObjectCreated:Put uploads/a b.jpg',
      level: 'good',
    });
    expect(eventLine({ change, result: { ...common, ok: true, payload: null } }).outcome).toBe('done');
  });

  it('says why it failed and what comes next', () => {
    const result = { ...common, ok: false as const, error };
    expect(eventLine({ change, result, retryInMs: 500 })).toMatchObject({
      outcome: 'failed',
      why: 'TypeError: no good · again in 0.5 s',
    });
    expect(eventLine({ change, result, retryInMs: null })).toMatchObject({
      outcome: 'FAILED',
      level: 'bad',
      why: 'TypeError: no good · no more tries: kept among the failed events',
    });
  });
});

describe('the line of a request', () => {
  const line = { method: 'GET', path: '/metadata/a%20b', ms: 3, requestId: 'r' };

  it('shows the path decoded, or as it is where that fails', () => {
    expect(apiLine({ ...line, status: 200 })).toMatchObject({
      outcome: '200',
      what: 'GET /metadata/a b',
      why: '',
    });
    expect(apiLine({ ...line, path: '/%zz', status: 200 }).what).toBe('GET /%zz');
  });

  it('has the code of a refusal, by the gateway or by the function', () => {
    const refused = { status: 404, code: 'route_not_found', error: 'Route not found' };
    expect(apiLine({ ...line, status: 404, error: refused }).why).toBe('route_not_found');
    expect(apiLine({ ...line, status: 404, failure: '{"code":"image_not_found"}' })).toMatchObject({
      why: 'image_not_found',
      level: 'odd',
    });
  });

  it("has the function's own words where it failed", () => {
    const crashed = { ...common, ok: false as const, error };
    expect(apiLine({ ...line, status: 502, result: crashed }).why).toBe('TypeError: no good');
    const log = [{ level: 'ERROR', message: 'request failed', error: { message: 'table is gone' } }];
    const logged = { ...common, ok: true as const, payload: {}, log };
    const failure = '{"code":"internal_error"}';
    expect(apiLine({ ...line, status: 500, result: logged, failure }).why).toBe(
      'internal_error · request failed: table is gone',
    );
  });

  it("has S3's code and what is behind it", () => {
    const s3 = {
      method: 'PUT',
      path: '/b/k',
      status: 500,
      ms: 1,
      userAgent: 'aws-cli/2',
      code: 'InternalError',
      cause: new Error('EIO'),
    };
    expect(s3Line(s3)).toMatchObject({
      kind: 's3',
      outcome: '500',
      why: 'InternalError · EIO',
      level: 'bad',
    });
  });
});
