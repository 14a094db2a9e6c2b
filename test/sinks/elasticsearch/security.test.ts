import test from 'ava';
import { SinkNotReady } from '../../../src/sinks/sink.ts';
import { connect } from '../../../src/sinks/elasticsearch/connect.ts';
import { Credentials } from '../../../src/sinks/elasticsearch/credentials.ts';
import { verifyElasticsearch } from '../../../src/sinks/elasticsearch/verify.ts';
import { privilegeRequests } from '../../../src/sinks/elasticsearch/privileges.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { batchOf, makeSink, messageOf, NO_SIGNAL, sinkOptions } from '../../support/elasticsearch.ts';
import { launchPeer, type Peer, testWithPeer } from '../../support/peers.ts';
import { recordOf } from '../../support/records.ts';

const PASSWORD = 'correct-horse';
const AS_ELASTIC = { authorization: `Basic ${Buffer.from(`elastic:${PASSWORD}`).toString('base64')}` };

for (const version of ['9', '8'] as const)
  testWithPeer(
    `Elasticsearch ${version}: wrong passwords, keys with few privileges`,
    'launched',
    async (t) => {
      const peer = await launchPeer(version, { args: ['--password', PASSWORD], headers: AS_ELASTIC });
      t.teardown(() => peer.stop());
      const wrong = makeSink(t, peer.url, {
        elasticsearchUsername: 'elastic',
        elasticsearchPassword: 'wrong',
      });
      t.is(
        await messageOf(() => wrong.sink.start(NO_SIGNAL)),
        `${peer.url} refuses us (401): the user elastic or the password of TAPLINE_ELASTICSEARCH_PASSWORD is wrong`,
      );
      const stream = 'logs-tapline.http-default';
      const least = await makeKey(peer, privilegeRequests({ dataset: 'tapline.http' }).apiKey.body);

      // Nobody has set up yet, and this key may not.
      const early = makeSink(t, peer.url, { elasticsearchApiKey: least });
      const notYet = await t.throwsAsync(early.sink.start(NO_SIGNAL), { instanceOf: SinkNotReady });
      t.true(notYet.isPermanent);
      t.regex(
        notYet.message,
        /^setting up is not allowed \(403\): the privilege is missing: cluster privilege \w+ \(for [\w:/]+, API key id \[[\w-]+\]\); tapline setup elasticsearch --dry-run prints a role that suffices; run "tapline setup elasticsearch" once with an account that may, then start the gateway again$/,
      );

      const admin = makeSink(t, peer.url, {
        elasticsearchUsername: 'elastic',
        elasticsearchPassword: PASSWORD,
      });
      await admin.sink.start(NO_SIGNAL);
      await early.sink.start(NO_SIGNAL);
      t.true(
        early.lines.includes(
          `info [elasticsearch] ${stream} is there; our privileges do not suffice to check its templates (tapline setup elasticsearch does)`,
        ),
      );
      const epoch = early.sink.epoch();
      t.regex(epoch, /000001$/);
      t.like(await early.sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { items: [{ kind: 'delivered' }] });
      await peer.ask('POST', `/${stream}/_rollover`);
      t.like(await early.sink.send(batchOf([recordOf(1), recordOf(2)], epoch), NO_SIGNAL), {
        items: [{ kind: 'duplicate' }, { kind: 'delivered' }],
      });
      t.deepEqual(
        early.lines.filter((line) => line.startsWith('warn')),
        [],
        'the printed key suffices',
      );

      const options = sinkOptions(peer.url, { elasticsearchApiKey: least });
      const connected = await connect(options, new Credentials(options));
      t.teardown(() => connected.client.close());
      await peer.ask('POST', `/${stream}/_refresh`);
      const report = await verifyElasticsearch({
        ...connected,
        stream,
        ledger: [],
        runningRun: null,
        local: { isWaiting: () => false, deadLetter: () => null, waitingGaps: () => [] },
      });
      t.is(
        report.notes[0],
        `could not refresh ${stream} (privilege maintenance): what came in the last seconds may count as missing`,
      );
      t.regex(
        report.notes[1]!,
        /^could not look into the failure store, so what is there counts as missing: the privilege is missing: index privilege \w+ on .*; tapline setup elasticsearch --dry-run prints a role that suffices$/,
      );

      // A key that may write but not read: it goes on, and says once what that costs.
      const blind = await makeKey(
        peer,
        keyOf(['create_doc', 'auto_configure', 'view_index_metadata'], stream),
      );
      const writer = makeSink(t, peer.url, { elasticsearchApiKey: blind, elasticsearchSetup: 'off' });
      await writer.sink.start(NO_SIGNAL);
      for (let again = 0; again < 2; again++)
        t.like(await writer.sink.send(batchOf([recordOf(1)], epoch), NO_SIGNAL), { kind: 'answered' });
      const warnings = writer.lines.filter((line) => line.startsWith('warn'));
      t.is(warnings.length, 1);
      t.regex(
        warnings[0]!,
        /^warn \[elasticsearch\] cannot look for records of earlier tries: the privilege is missing: index privilege read on \.ds-\S+ \(for indices:data\/read\/mget, API key id \[[\w-]+\]\); tapline setup elasticsearch --dry-run prints a role that suffices; until then a record may be held twice where a try was cut off and the stream rolled over before the next$/,
      );

      // A key that may not write.
      const reader = makeSink(t, peer.url, {
        elasticsearchApiKey: await makeKey(peer, keyOf(['read', 'view_index_metadata'], stream)),
        elasticsearchSetup: 'off',
      });
      await reader.sink.start(NO_SIGNAL);
      const refused = await reader.sink.send(batchOf([recordOf(3)]), NO_SIGNAL);
      t.is(refused.kind, 'paused');
      t.regex(
        refused.kind === 'paused' ? refused.reason : '',
        /^http:\/\/127\.0\.0\.1:\d+ refuses us(?: \(403\))?: the privilege is missing: index privilege create_doc on logs-tapline\.http-default \(for indices:data\/write\/bulk(?:\[s\])?, API key id \[[\w-]+\]\); tapline setup elasticsearch --dry-run prints a role that suffices$/,
      );

      // A key that was invalidated while we run.
      await peer.ask('DELETE', '/_security/api_key', { name: 'tapline' });
      t.like(await early.sink.send(batchOf([recordOf(4)]), NO_SIGNAL), { kind: 'paused' });
    },
  );

testWithPeer('Elasticsearch over https with an authority of its own', 'launched', async (t) => {
  const made = makeCertificates(t);
  const { certFile, keyFile } = made.issue('node', 'IP:127.0.0.1,DNS:localhost');
  const ssl = 'xpack.security.http.ssl';
  const peer = await launchPeer('9', {
    args: [
      ...['--password', PASSWORD, '-E', `${ssl}.enabled=true`],
      ...['-E', `${ssl}.key=${keyFile}`, '-E', `${ssl}.certificate=${certFile}`],
    ],
    isTls: true,
  });
  t.teardown(() => peer.stop());
  const who = { elasticsearchUsername: 'elastic', elasticsearchPassword: PASSWORD };
  for (const trust of [{ elasticsearchCa: made.ca }, { elasticsearchCaFingerprint: made.caFingerprint }]) {
    const { sink } = makeSink(t, peer.url, { ...who, ...trust });
    await sink.start(NO_SIGNAL);
    t.like(await sink.send(batchOf([recordOf(1)]), NO_SIGNAL), { kind: 'answered' });
  }
  t.regex(
    await messageOf(() => makeSink(t, peer.url, who).sink.start(NO_SIGNAL)),
    /has a certificate of an unknown authority; name the authority with --elasticsearch-ca=FILE/,
  );
  t.regex(
    await messageOf(() => makeSink(t, peer.url.replace('https:', 'http:'), who).sink.start(NO_SIGNAL)),
    /closed the connection without an answer; if this is always so, it may want https:\/\//,
  );
});

function keyOf(privileges: readonly string[], name: string): object {
  return {
    name: 'tapline',
    role_descriptors: { tapline: { cluster: ['monitor'], indices: [{ names: [name], privileges }] } },
  };
}

async function makeKey(peer: Peer, request: object): Promise<string> {
  const { status, body } = await peer.ask('POST', '/_security/api_key', request);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.encoded;
}

test('each privilege of the printed key has its reason', async (t) => {
  const { PRIVILEGE_REASONS } = await import('../../../src/sinks/elasticsearch/privileges.ts');
  const { role, apiKey } = privilegeRequests({ dataset: 'a' });
  const { cluster, indices } = role.body as { cluster: string[]; indices: { privileges: string[] }[] };
  t.deepEqual(
    [...cluster.map((privilege) => `cluster ${privilege}`), ...indices[0]!.privileges],
    Object.keys(PRIVILEGE_REASONS),
  );
  t.deepEqual((apiKey.body as { role_descriptors: object }).role_descriptors, { tapline: role.body });
});
