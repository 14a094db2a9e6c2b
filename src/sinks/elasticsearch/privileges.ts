import type { ElasticsearchOptions } from './options.ts';
import { assetNames } from './assets.ts';

/** A request that an administrator sends once, and why each of its privileges is needed. */
export interface PrivilegeRequest {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: object;
}

/** What each privilege is for. */
export const PRIVILEGE_REASONS: Readonly<Record<string, string>> = {
  'cluster monitor': 'GET / tells product and version apart',
  create_doc: 'bulk create; it can neither change nor delete a record',
  auto_configure: 'the first record makes the data stream and its next index',
  view_index_metadata: 'asks which index is written to, to see a rollover between two tries',
  read: 'looks up ids after an ambiguous try, and tapline verify --elasticsearch counts',
  monitor: 'sizes and health of the data stream',
};

/** The least that a gateway needs once the set-up is done: a role, and an API key with the same. */
export function privilegeRequests(options: Pick<ElasticsearchOptions, 'dataset'>): {
  readonly role: PrivilegeRequest;
  readonly apiKey: PrivilegeRequest;
} {
  const descriptor = {
    cluster: ['monitor'],
    indices: [
      {
        names: [assetNames(options).pattern],
        privileges: ['create_doc', 'auto_configure', 'view_index_metadata', 'read', 'monitor'],
      },
    ],
  };
  return {
    role: { method: 'PUT', path: '/_security/role/tapline', body: descriptor },
    apiKey: {
      method: 'POST',
      path: '/_security/api_key',
      body: { name: 'tapline', role_descriptors: { tapline: descriptor } },
    },
  };
}
