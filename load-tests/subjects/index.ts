import { direct } from './direct.ts';
import { haproxy } from './haproxy.ts';
import { nginx, nginxJsonLog, nginxMirror } from './nginx.ts';
import type { Subject } from './subject.ts';
import { taplineBoth, taplineBulk, taplineOff, taplinePage, taplineStore } from './tapline.ts';

/** All that can stand between load and application, in the order in which they take turns. */
export const subjects: readonly Subject[] = [
  direct,
  nginx,
  nginxJsonLog,
  nginxMirror,
  haproxy,
  taplineOff,
  taplineStore,
  taplinePage,
  taplineBulk,
  taplineBoth,
];
