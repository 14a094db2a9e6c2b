import { freePort } from '../free-port.ts';
import type { SubjectName } from '../measurement.ts';
import { startNginx } from '../nginx-process.ts';
import { plainSubject, SHORT_WARM_UP_SECONDS, type Subject } from './subject.ts';

const JSON_LOG = `  log_format json escape=json '{"time":"$time_iso8601","remote":"$remote_addr","method":"$request_method","uri":"$request_uri",'
    '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"upstream":"$upstream_addr","agent":"$http_user_agent"}';
  access_log FOLDER/access.log json;
`;
const MIRROR = `      mirror /mirror;
      mirror_request_body on;`;

/** nginx as a plain proxy without logging: what all ratios are of. */
export const nginx = subjectOf('nginx', { log: '', isMirrored: false });

/** nginx that writes a line of JSON for each request: no bodies, no headers. */
export const nginxJsonLog = subjectOf('nginx-json-log', { log: JSON_LOG, isMirrored: false });

/** nginx that sends each request also to another server, which answers with nothing. */
export const nginxMirror = subjectOf('nginx-mirror', { log: '', isMirrored: true });

function subjectOf(name: SubjectName, { log, isMirrored }: { log: string; isMirrored: boolean }): Subject {
  return {
    name,
    warmUpSeconds: SHORT_WARM_UP_SECONDS,
    missing: ({ tools }) => (tools.nginx === null ? 'nginx is not installed' : null),
    async start(rig, upstream) {
      const command = rig.tools.nginx!;
      const port = await freePort();
      const mirrorPort = await freePort();
      const target = isMirrored
        ? await startNginx(
            rig,
            command,
            `  server { listen 127.0.0.1:${mirrorPort}; return 204; }`,
            mirrorPort,
          )
        : null;
      const mirrorUpstream = isMirrored
        ? `  upstream mirrored { server 127.0.0.1:${mirrorPort}; keepalive 2048; keepalive_requests 100000000; }\n`
        : '';
      const mirrorLocation = isMirrored
        ? '\n    location = /mirror { internal; proxy_pass http://mirrored$request_uri; proxy_http_version 1.1; proxy_set_header Connection ""; }'
        : '';
      const { child, workerPid } = await startNginx(
        rig,
        command,
        `${log}${mirrorUpstream}  upstream application { server ${new URL(upstream.url).host}; keepalive 2048; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
${isMirrored ? MIRROR : ''}
    }${mirrorLocation}
  }`,
        port,
      );
      return plainSubject({
        url: `http://127.0.0.1:${port}`,
        pids: [workerPid],
        companionPids: target === null ? [] : [target.workerPid],
        groupOf: () => 'worker',
        stop: async () => {
          await child.stop();
          await target?.child.stop();
        },
      });
    },
  };
}
