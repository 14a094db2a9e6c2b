import type { AnswerDescription, ParameterDescription, Schema } from '../../endpoint.ts';
import { PROBLEM, problem, type AdminAnswer } from '../../endpoint.ts';
import type { ProgramFile } from '../../program-folder.ts';

export const FILE_PATH: ParameterDescription = {
  name: 'path',
  in: 'path',
  description:
    'The file, from the folder of the program on. No name in it begins with a point, is longer than 255 bytes, or has control characters; names are NFC.',
  isRequired: true,
  schema: { type: 'string' },
};

export const IF_MATCH: ParameterDescription = {
  name: 'If-Match',
  in: 'header',
  description:
    'The entity tag of what the editor has loaded. Where the file is another now, the answer is 409.',
  schema: { type: 'string' },
};

export const MISSING: AnswerDescription = {
  description: 'There is no such file, or it lies outside of the folder; a folder is no file.',
  contentType: 'application/json',
  schema: PROBLEM,
};

const CONFLICT_SCHEMA: Schema = {
  type: 'object',
  required: ['error', 'current', 'etag'],
  properties: {
    error: { type: 'string' },
    current: {
      type: ['string', 'null'],
      description: 'The text that is there now; null where there is none.',
    },
    etag: { type: ['string', 'null'], description: 'Its entity tag.' },
  },
};

export const CONFLICT: AnswerDescription = {
  description: 'Somebody else has changed, made or removed the file; nothing was done.',
  contentType: 'application/json',
  schema: CONFLICT_SCHEMA,
};

/** 404 for a file. */
export function missing(): AdminAnswer {
  return problem(404, 'There is no such file.');
}

/** 409 with what is there now, so that an editor can show both texts. */
export function conflict(path: string, current: ProgramFile | null): AdminAnswer {
  const error =
    current === null
      ? `${path} does not exist any more; save it anew, or close it.`
      : `${path} is another now; look at both texts before one is lost.`;
  return problem(409, error, {
    current: current?.bytes.toString('utf8') ?? null,
    etag: current?.etag ?? null,
  });
}
