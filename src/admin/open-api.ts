import type { EndpointGroup } from './api/descriptions.ts';
import type { AnswerDescription, EndpointDescription } from './endpoint.ts';

/** The admin port as an OpenAPI 3.1 document. @param version of the gateway */
export function openApi(groups: readonly EndpointGroup[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { title, endpoints } of groups)
    for (const endpoint of endpoints)
      (paths[endpoint.path.replace('...}', '}')] ??= {})[endpoint.method.toLowerCase()] = operation(
        endpoint,
        title,
      );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tapline admin port',
      version,
      description:
        'What the page and scripts read and change. On loopback without a token; elsewhere with the token of `--gui-token-file`. ' +
        'Every POST and DELETE needs an `Origin` that is the address of the port, or the token as `Authorization: Bearer`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8001' }],
    tags: groups.map(({ title, meaning }) => ({ name: title, description: meaning })),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The content of the file of `--gui-token-file`.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'tapline-8001',
          description: 'Given by `POST /api/session`; its name ends with the number of the port.',
        },
      },
    },
  };
}

function operation(endpoint: EndpointDescription, tag: string): Record<string, unknown> {
  const { name, summary, description, parameters = [], body, answers, exposure = 'private' } = endpoint;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(exposure === 'private' ? { security: [{}, { token: [] }, { session: [] }] } : { security: [] }),
    ...(parameters.length === 0
      ? {}
      : {
          parameters: parameters.map((parameter) => ({
            name: parameter.name,
            in: parameter.in,
            description: parameter.description,
            required: parameter.in === 'path' || parameter.isRequired === true,
            schema: parameter.schema,
          })),
        }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: `${body.description} At most ${body.maxBytes} bytes.`,
            content: { [body.contentType]: { schema: body.schema ?? { type: 'string' } } },
          },
        }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, response(answer)]),
    ),
  };
}

function response({ description, contentType, schema, headers }: AnswerDescription): Record<string, unknown> {
  return {
    description,
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, meaning]) => [
              name,
              { description: meaning, schema: { type: 'string' } },
            ]),
          ),
        }),
    ...(contentType === undefined
      ? {}
      : {
          content: {
            [contentType.split(';')[0]!]: {
              schema: schema ?? (contentType.startsWith('text/') ? { type: 'string' } : {}),
            },
          },
        }),
  };
}
