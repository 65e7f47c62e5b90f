// dynalite in a thread of its own: it throws where nobody can catch, and its work takes no turn of the servers'.
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';

const { path, host, port } = workerData;
const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

// dynalite checks no signature and lets every origin in, so a page in the user's browser could read and write the
// index. A browser names its origin with each POST; programs don't.
const [answer] = server.listeners('request');
server.removeAllListeners('request');
server.on('request', (request, response) => {
  if (request.headers.origin === undefined) answer(request, response);
  else response.writeHead(403).end();
});
server.on('request', (request) => {
  // A client that goes away in the middle of a request is no reason to end; dynalite throws.
  request.removeAllListeners('error');
  request.on('error', () => undefined);
});
server.on('error', (error) => {
  parentPort.postMessage({ type: 'failed', code: error.code, message: error.message });
});
server.listen(port, host, () => parentPort.postMessage({ type: 'ready', port: server.address().port }));

parentPort.once('message', () => {
  // The thread ends when the database has been closed.
  server.close(() => parentPort.close());
  server.closeAllConnections();
});
