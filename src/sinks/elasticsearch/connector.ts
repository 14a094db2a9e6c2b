import type { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { pinnedFault, type Trust } from './trust.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens connections of undici to servers that are trusted so. */
export function connector({ ca, caFingerprint }: Trust): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    ...(ca === null ? {} : { ca }),
    ...(caFingerprint === null
      ? {}
      : {
          // Checked below, against the one authority that is pinned. A resumed session would show no certificates.
          rejectUnauthorized: false,
          maxCachedSessions: 0,
        }),
  });
  if (caFingerprint === null) return connect;
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null || options.protocol !== 'https:') {
        callback(...([error, socket] as Parameters<typeof callback>));
        return;
      }
      const host = options.hostname.replace(/^\[|\]$/g, '');
      const fault = pinnedFault(socket as TLSSocket, host, caFingerprint, Date.now());
      if (fault === null) callback(null, socket);
      else {
        socket.destroy();
        callback(fault, null);
      }
    });
}
