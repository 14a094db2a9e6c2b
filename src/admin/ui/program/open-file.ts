/** A text as the gateway has it. */
export interface StoredText {
  readonly text: string;
  /** Names this text; null where the gateway has no such file yet. */
  readonly etag: string | null;
}

/** What somebody else has done to an open file since it was read: written another text, or deleted it. */
export type Theirs = StoredText | 'deleted';

/** A file that is open in the editor. */
export interface OpenFile {
  /** As the gateway has it, as far as this page knows. */
  readonly base: StoredText;
  /** As edited. */
  readonly text: string;
  readonly state:
    | { readonly kind: 'quiet' }
    /** `sent` is on its way; typing goes on. */
    | { readonly kind: 'saving'; readonly sent: string }
    /** The gateway has another text than `base`; nobody has decided yet. `isRefused`: it refused to be overwritten. */
    | { readonly kind: 'overtaken'; readonly theirs: Theirs; readonly isRefused: boolean };
}

export type OpenFileEvent =
  | { readonly kind: 'edited'; readonly text: string }
  /** The text of now is sent to the gateway. */
  | { readonly kind: 'save' }
  /** The gateway has taken what was sent. */
  | { readonly kind: 'saved'; readonly etag: string | null }
  /** It could not be reached or did not want to. */
  | { readonly kind: 'failed' }
  /** It has another text: a save was refused. */
  | { readonly kind: 'refused'; readonly theirs: Theirs }
  /** A look at the gateway found this. */
  | { readonly kind: 'seen'; readonly theirs: Theirs }
  /** Somebody has seen that a save was refused and wants to decide later. */
  | { readonly kind: 'later' }
  /** My text stands, to be saved over theirs. */
  | { readonly kind: 'keepMine' }
  /** Their text replaces mine. */
  | { readonly kind: 'takeTheirs' }
  /** A text made of both replaces mine, to be saved over theirs. */
  | { readonly kind: 'merged'; readonly text: string };

/** A file just read. */
export function opened(base: StoredText): OpenFile {
  return { base, text: base.text, state: { kind: 'quiet' } };
}

/** Whether there is something to lose. */
export function isEdited({ text, base }: OpenFile): boolean {
  return text !== base.text || base.etag === null;
}

/** The one way between the states; no event but `edited`, `takeTheirs` and `merged` changes what somebody has typed. */
export function nextOpenFile(file: OpenFile, event: OpenFileEvent): OpenFile {
  const { base, text, state } = file;
  switch (event.kind) {
    case 'edited':
      return event.text === text ? file : { ...file, text: event.text };
    case 'save':
      return state.kind === 'quiet' ? { ...file, state: { kind: 'saving', sent: text } } : file;
    case 'saved':
      return state.kind === 'saving'
        ? { base: { text: state.sent, etag: event.etag }, text, state: { kind: 'quiet' } }
        : file;
    case 'failed':
      return state.kind === 'saving' ? { ...file, state: { kind: 'quiet' } } : file;
    case 'refused':
      return state.kind === 'saving' ? settled(file, event.theirs, true) : file;
    case 'seen':
      if (state.kind === 'saving') return file;
      if (isSame(base, event.theirs))
        return state.kind === 'overtaken' ? { ...file, state: { kind: 'quiet' } } : file;
      if (state.kind === 'overtaken' && isSameTheirs(state.theirs, event.theirs)) return file;
      return settled(file, event.theirs, state.kind === 'overtaken' && state.isRefused);
    case 'later':
      return state.kind === 'overtaken' ? { ...file, state: { ...state, isRefused: false } } : file;
    case 'keepMine':
      return state.kind === 'overtaken'
        ? { base: asBase(state.theirs), text, state: { kind: 'quiet' } }
        : file;
    case 'takeTheirs':
      return state.kind === 'overtaken' ? opened(asBase(state.theirs)) : file;
    case 'merged':
      return state.kind === 'overtaken'
        ? { base: asBase(state.theirs), text: event.text, state: { kind: 'quiet' } }
        : file;
  }
}

/** Another text where nothing is to be decided: the same as mine. */
function settled(file: OpenFile, theirs: Theirs, isRefused: boolean): OpenFile {
  if (theirs !== 'deleted' && theirs.text === file.text) return opened(theirs);
  return { ...file, state: { kind: 'overtaken', theirs, isRefused } };
}

/** What is saved next goes over this: an etag of theirs, or none where the file is to be made anew. */
function asBase(theirs: Theirs): StoredText {
  return theirs === 'deleted' ? { text: '', etag: null } : theirs;
}

function isSame(base: StoredText, theirs: Theirs): boolean {
  return theirs === 'deleted' ? base.etag === null : base.etag === theirs.etag;
}

function isSameTheirs(one: Theirs, other: Theirs): boolean {
  if (one === 'deleted' || other === 'deleted') return one === other;
  return one.etag === other.etag;
}
