import * as socks5 from '../codecs/socks/socks5.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { HandingOverStage } from '../core/handing-over-stage.ts';

type OnConnect = (address: string, port: number, user: string) => unknown;
type Authenticate = (user: string, password: string) => unknown;

const CONNECT = 1;

/** The server's side of SOCKS5 (RFC 1928, RFC 1929). */
export const proxySOCKS5: FilterDeclaration = {
  name: 'proxySOCKS5',
  origin: 'tapline',
  summary: 'Answers a SOCKS5 client and, where it is let in, hands its stream to a pipeline. CONNECT only.',
  parameters: [
    { name: 'target', type: 'pipeline', meaning: 'the pipeline that the stream goes through' },
    {
      name: 'onConnect',
      type: 'function',
      signature: '(address: string, port: number, user: string) => any',
      meaning: 'gets address or host name, port and user; whether to let the client in',
    },
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'who may come',
      options: [
        {
          name: 'authenticate',
          type: 'function',
          defaultValue: 'none',
          meaning: 'gets user and password, returns whether they are right; without it nobody is asked',
        },
      ],
    },
  ],
  examples: [
    "pipy({ _to: '' }).listen(1080).proxySOCKS5('out', (address, port) => _to = address + ':' + port, { authenticate: (user, password) => user == 'ann' && password == os.env.PASSWORD })\n.pipeline('out').connect(() => _to)",
  ],
  targets: (args) => [String(args[0])],
  prepare(args, site) {
    const { authenticate = null } = (args[2] ?? {}) as { authenticate?: Authenticate | null };
    if (authenticate !== null && typeof authenticate !== 'function')
      site.reject('option authenticate expects a function');
    return () => new ProxySocks5(args[0] as string, args[1] as OnConnect, authenticate, site);
  },
};

/** Steps: `methods` → (`password`) → `request`. */
class ProxySocks5 extends HandingOverStage {
  readonly #onConnect: OnConnect;
  readonly #authenticate: Authenticate | null;
  #step: 'methods' | 'password' | 'request' = 'methods';
  #user = '';

  constructor(target: string, onConnect: OnConnect, authenticate: Authenticate | null, site: FilterSite) {
    super(target, site, socks5.MAX_SOCKS5_BYTES);
    this.#onConnect = onConnect;
    this.#authenticate = authenticate;
  }

  protected talk(bytes: Buffer): number {
    switch (this.#step) {
      case 'methods':
        return this.#chooseMethod(bytes);
      case 'password':
        return this.#checkPassword(bytes);
      case 'request':
        return this.#connect(bytes);
    }
  }

  protected tooLong(): null {
    return null;
  }

  #chooseMethod(bytes: Buffer): number {
    const parsed = socks5.parseMethods(bytes);
    if (parsed.kind === 'more') return 0;
    const wanted = this.#authenticate === null ? socks5.METHOD_NONE : socks5.METHOD_PASSWORD;
    if (parsed.kind === 'bad') this.refuse(null);
    else if (!parsed.methods.includes(wanted)) this.refuse(Buffer.from([5, socks5.METHOD_UNACCEPTABLE]));
    else {
      this.say(Buffer.from([5, wanted]));
      this.#step = wanted === socks5.METHOD_NONE ? 'request' : 'password';
      return parsed.length;
    }
    return 0;
  }

  #checkPassword(bytes: Buffer): number {
    const parsed = socks5.parsePassword(bytes);
    if (parsed.kind === 'more') return 0;
    if (parsed.kind === 'bad') this.refuse(null);
    else if (!this.ask(this.#authenticate!, parsed.user, parsed.password)) this.refuse(Buffer.from([1, 1]));
    else {
      this.say(Buffer.from([1, 0]));
      this.#user = parsed.user;
      this.#step = 'request';
      return parsed.length;
    }
    return 0;
  }

  #connect(bytes: Buffer): number {
    const parsed = socks5.parseRequest(bytes);
    if (parsed.kind === 'more') return 0;
    const refusal = (code: number): number => {
      this.refuse(socks5.socks5Reply(code));
      return 0;
    };
    if (parsed.kind === 'bad') {
      this.refuse(null);
      return 0;
    }
    const { command, address, port } = parsed.request;
    if (command !== CONNECT) return refusal(socks5.REPLY.commandNotSupported);
    if (address === null) return refusal(socks5.REPLY.addressTypeNotSupported);
    if (!this.ask(this.#onConnect, address, port, this.#user)) return refusal(socks5.REPLY.notAllowed);
    this.say(socks5.socks5Reply(socks5.REPLY.granted));
    this.open();
    return parsed.length;
  }
}
