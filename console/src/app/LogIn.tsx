import { type SubmitEvent, useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { logIn } from './session';

/** The way in by name and password, or by a token. */
export function LogIn({ refusal }: { refusal: string | undefined }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(refusal);
  const open = (body: Parameters<typeof logIn>[0]) => (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    logIn(body)
      .catch((failure: unknown) => setError(failure instanceof Error ? failure.message : String(failure)))
      .finally(() => setBusy(false));
  };
  const byPassword = { operator: name.trim(), password, ...(code.trim() && { code: code.trim() }) };
  return (
    <main className="alone">
      <form className="panel login" onSubmit={open(byPassword)}>
        <h1>cordon</h1>
        <TextField value={name} onChange={setName} isRequired autoComplete="username">
          <Label>Name</Label>
          <Input />
        </TextField>
        <TextField
          value={password}
          onChange={setPassword}
          type="password"
          isRequired
          autoComplete="current-password"
        >
          <Label>Password</Label>
          <Input />
        </TextField>
        <TextField value={code} onChange={setCode} autoComplete="one-time-code">
          <Label>Code, if you have a second factor</Label>
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
      </form>
      <details>
        <summary>Use a token</summary>
        <form className="panel login" onSubmit={open({ token: token.trim() })}>
          <TextField value={token} onChange={setToken} type="password" isRequired autoComplete="off">
            <Label>Token</Label>
            <Input />
          </TextField>
          <Button className="button" type="submit" isDisabled={isBusy}>
            Log in by token
          </Button>
          <p className="hint">
            From <code>cordon admin token create --operator NAME --role reviewer</code>; or start the server
            with <code>--login NAME</code> and follow the link that it prints.
          </p>
        </form>
      </details>
    </main>
  );
}
