import { Data } from '../../core/data.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** Environment and files (spec api 6). */
export const os: GlobalDeclaration = {
  name: 'os',
  summary: 'Environment variables and files. Relative paths start at the folder of the root script.',
  types: `declare const os: {
  /** The environment variables at start. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The content of a file; \`null\`, and a line in the log, where it cannot be read. */
  readFile(path: string): Data | null;
  /** The status of a file, links followed; \`null\` where there is none. Times in whole seconds since 1970. */
  stat(path: string): FileStatus | null;
};
interface FileStatus {
  dev: number; ino: number; mode: number; nlink: number; uid: number; gid: number; rdev: number;
  size: number; blksize: number; blocks: number; atime: number; mtime: number; ctime: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
  isFIFO(): boolean;
  isSymbolicLink(): boolean;
  isSocket(): boolean;
}`,
  examples: [
    { code: `os.env.NO_SUCH_VARIABLE === undefined`, gives: 'true' },
    { code: `os.readFile('no-such-file')`, gives: 'null' },
  ],
  create: ({ env, files, ports }) =>
    Object.freeze({
      env: Object.freeze({ ...env }),
      readFile: (path: unknown) => {
        const bytes = files.read(requirePath(path));
        if (bytes !== null) return Data.of(bytes);
        ports.log.write('error', `os.readFile: cannot open file: ${String(path)}`);
        return null;
      },
      stat: (path: unknown) => {
        const found = files.stat(requirePath(path));
        if (found === null) return null;
        const { dev, ino, mode, nlink, uid, gid, rdev, size, blksize, blocks } = found;
        const seconds = (ms: number): number => Math.floor(ms / 1000);
        return Object.freeze({
          ...{ dev, ino, mode, nlink, uid, gid, rdev, size, blksize, blocks },
          atime: seconds(found.atimeMs),
          mtime: seconds(found.mtimeMs),
          ctime: seconds(found.ctimeMs),
          isFile: () => found.isFile(),
          isDirectory: () => found.isDirectory(),
          isCharacterDevice: () => found.isCharacterDevice(),
          isBlockDevice: () => found.isBlockDevice(),
          isFIFO: () => found.isFIFO(),
          isSymbolicLink: () => false,
          isSocket: () => found.isSocket(),
        });
      },
    }),
};

function requirePath(path: unknown): string {
  if (typeof path !== 'string') throw expects(1, 'a string');
  return path;
}
