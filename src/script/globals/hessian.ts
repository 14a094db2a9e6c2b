import { decodeHessian } from '../../codecs/hessian/decode.ts';
import { encodeHessian } from '../../codecs/hessian/encode.ts';
import { Data } from '../../core/data.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** Hessian 2.0 values, the bodies of Dubbo messages (spec api 4). */
export const hessian: GlobalDeclaration = {
  name: 'Hessian',
  summary: 'Values as Hessian 2.0 and back: the bodies of Dubbo messages.',
  types: `declare const Hessian: {
  /**
   * The value in a Data; an array where there are several, \`undefined\` where there is none. Dates become milliseconds, binary Data, longs
   * beyond 2^53 BigInt. What cannot be read is an error that names the byte.
   */
  decode(data: Data): any;
  /** A value as Data; the elements of a top-level array one after the other: an argument list. */
  encode(value: any): Data;
};`,
  examples: [
    { code: `Hessian.encode(['ping', 1]).toString('hex')`, gives: '"0470696e674900000001"' },
    { code: `Hessian.decode(Hessian.encode({ a: [1, { b: null }] }))`, gives: '{"a":[1,{"b":null}]}' },
  ],
  create: () =>
    Object.freeze({
      decode: (data: unknown) => {
        if (!(data instanceof Data)) throw expects(1, 'an instance of Data');
        const values = decodeHessian(data.bytes());
        return values.length > 1 ? values : values[0];
      },
      encode: (value: unknown) => Data.of(encodeHessian(value)),
    }),
};
