import { MAX_SOCKS4_BYTES, parseSocks4, socks4Reply } from '../codecs/socks/socks4.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { HandingOverStage } from '../core/handing-over-stage.ts';

type OnConnect = (address: string, port: number, user: string) => unknown;

/** The server's side of SOCKS4 and 4a (spec filters, proxySOCKS4). */
export const proxySOCKS4: FilterDeclaration = {
  name: 'proxySOCKS4',
  origin: 'spec',
  summary: 'Answers a SOCKS4 or 4a client and, where it is let in, hands its stream to a pipeline.',
  parameters: [
    { name: 'target', type: 'pipeline', meaning: 'the pipeline that the stream goes through' },
    {
      name: 'onConnect',
      type: 'function',
      signature: '(address: string, port: number, user: string) => any',
      meaning: 'gets address or host name, port and user; whether to let the client in',
    },
  ],
  examples: [
    "pipy({ _to: '' }).listen(1080).proxySOCKS4('out', (address, port) => (_to = address + ':' + port, port == 80))\n.pipeline('out').connect(() => _to)",
  ],
  targets: (args) => [String(args[0])],
  prepare: (args, site) => () => new ProxySocks4(args[0] as string, args[1] as OnConnect, site),
};

class ProxySocks4 extends HandingOverStage {
  readonly #onConnect: OnConnect;

  constructor(target: string, onConnect: OnConnect, site: FilterSite) {
    super(target, site, MAX_SOCKS4_BYTES);
    this.#onConnect = onConnect;
  }

  protected talk(bytes: Buffer): number {
    const parsed = parseSocks4(bytes);
    if (parsed.kind === 'more') return 0;
    if (parsed.kind === 'bad') {
      this.refuse(socks4Reply(false));
      return 0;
    }
    const { address, port, user } = parsed.request;
    if (!this.ask(this.#onConnect, address, port, user)) {
      this.refuse(socks4Reply(false));
      return 0;
    }
    this.say(socks4Reply(true));
    this.open();
    return parsed.length;
  }

  protected tooLong(): Buffer {
    return socks4Reply(false);
  }
}
