import { Configuration, type ConfigurationHost } from './configuration.ts';
import { suggestion } from './suggestion.ts';

/** Unknown methods of a configuration are errors with a suggestion, instead of `not a function`. */
export function guarded(configuration: Configuration, host: ConfigurationHost): Configuration {
  const names = ['listen', 'task', 'pipeline', ...host.catalogue.map(({ name }) => name)];
  return Object.setPrototypeOf(
    configuration,
    new Proxy(Object.create(Configuration.prototype) as object, {
      get(target, name, receiver) {
        if (typeof name !== 'string' || name in target) return Reflect.get(target, name, receiver) as unknown;
        return () => host.fail(`unknown filter: ${name}${suggestion(name, names)}`, host.callPlace());
      },
    }),
  ) as Configuration;
}
