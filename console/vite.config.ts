import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  // The folder above stays when the site is built anew: cargo watches it.
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What the licences of the libraries ask for: served beside the console.
    license: { fileName: 'licenses.txt' },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8463', '/metrics': 'http://127.0.0.1:8463' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
