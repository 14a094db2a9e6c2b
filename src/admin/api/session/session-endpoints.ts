import { tooManyGuesses } from '../../access.ts';
import type { AdminSessions } from '../../admin-sessions.ts';
import { type Endpoint, type EndpointDescription, JSON_TYPE, problem, PROBLEM } from '../../endpoint.ts';

const OPEN: EndpointDescription = {
  method: 'POST',
  path: '/api/session',
  name: 'openSession',
  summary: 'Shows the token once; a cookie stands for it afterwards',
  exposure: 'page',
  body: {
    contentType: 'application/json',
    description: 'The content of the file of `--gui-token-file`.',
    maxBytes: 4096,
    schema: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } },
  },
  answers: {
    204: {
      description: 'The token is right.',
      headers: { 'Set-Cookie': 'HttpOnly, SameSite=Strict, for 12 hours.' },
    },
    400: { description: 'The body is not as it should be.', contentType: JSON_TYPE, schema: PROBLEM },
    401: { description: 'The token is wrong.', contentType: JSON_TYPE, schema: PROBLEM },
    404: { description: 'No token is asked for here.', contentType: JSON_TYPE, schema: PROBLEM },
    429: {
      description:
        'Too many wrong tokens of this client in the last minute, here or as `Authorization: Bearer`.',
      contentType: JSON_TYPE,
      schema: PROBLEM,
    },
  },
};

const CLOSE: EndpointDescription = {
  method: 'DELETE',
  path: '/api/session',
  name: 'closeSession',
  summary: 'Ends the session of the cookie',
  exposure: 'page',
  answers: { 204: { description: 'It is over.', headers: { 'Set-Cookie': 'Removes the cookie.' } } },
};

/** Their descriptions. */
export const SESSION_DESCRIPTIONS = [OPEN, CLOSE];

/** The way in where a token is asked for. @param sessions null where none is */
export function sessionEndpoints(sessions: AdminSessions | null): Endpoint[] {
  return [
    {
      description: OPEN,
      answer: ({ body, client }) => {
        if (sessions === null) return problem(404, 'No token is asked for here.');
        if (sessions.isGuessed(client)) return tooManyGuesses();
        const token = readToken(body);
        if (token === null) return problem(400, 'Expected {"token":"…"} in JSON.');
        const cookie = sessions.open(token, client);
        if (cookie === null) return problem(401, 'This is not the token.');
        return { status: 204, headers: { 'Set-Cookie': cookie }, body: '' };
      },
    },
    {
      description: CLOSE,
      answer: ({ headers }) => ({
        status: 204,
        ...(sessions === null ? {} : { headers: { 'Set-Cookie': sessions.close(headers.cookie) } }),
        body: '',
      }),
    },
  ];
}

function readToken(body: Buffer): string | null {
  try {
    const { token } = JSON.parse(body.toString('utf8')) as { token?: unknown };
    return typeof token === 'string' ? token : null;
  } catch {
    return null;
  }
}
