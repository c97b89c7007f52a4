import { type SubmitEvent, useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { logIn } from './session';

/** The way in by a token. */
export function LogIn({ refusal }: { refusal: string | undefined }) {
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(refusal);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    logIn({ token: token.trim() })
      .catch((failure: unknown) => setError(failure instanceof Error ? failure.message : String(failure)))
      .finally(() => setBusy(false));
  };
  return (
    <main className="alone">
      <form className="panel login" onSubmit={submit}>
        <h1>cordon</h1>
        <TextField value={token} onChange={setToken} type="password" isRequired autoComplete="off">
          <Label>Token</Label>
          <Input />
        </TextField>
        {error && (
          <div className="notice error" role="alert">
            {error}
          </div>
        )}
        <Button className="button primary" type="submit" isDisabled={isBusy}>
          Log in
        </Button>
        <p className="hint">
          From <code>cordon admin token create --operator NAME --role reviewer</code>; or start the server
          with <code>--login NAME</code> and follow the link that it prints.
        </p>
      </form>
    </main>
  );
}
