import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { connection } from './api/connection.ts';
import { request } from './api/request.ts';

/** Asks for the token, once: the gateway keeps it in a cookie that no script can read. */
export function Login(): JSX.Element {
  const [fault, setFault] = useState('');
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const token = new FormData(event.target as HTMLFormElement).get('token') as string;
    try {
      await request('/api/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: token.trim() }),
      });
      connection.unlocked();
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <main class="login">
      <form onSubmit={(event) => void onSubmit(event)}>
        <h1>Tapline</h1>
        <label>
          Token
          <input
            class="field"
            name="token"
            type="password"
            autocomplete="current-password"
            required
            autofocus
          />
        </label>
        <p class="muted">It stands in the file that --gui-token-file names.</p>
        {fault !== '' && (
          <p role="alert" class="state-error">
            {fault}
          </p>
        )}
        <button type="submit" class="button button-main">
          Open
        </button>
      </form>
    </main>
  );
}
