/** The web UI, bundled to dist/webui; every file has its content's hash in its name, but for what is in public/. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/webui', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The first that know light-dark(); made for older ones, it would not follow Mantine's colour scheme.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The page's policy allows no data: URL for scripts, and small files are small anyway.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every view needs comes in two files, not in thirty: each costs a request, also on loopback.
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'first', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: {
    // `npm run dev:webui` beside `ldf serve`. The API answers only to what comes from its own origin.
    proxy: Object.fromEntries(
      ['/v1', '/openapi.json', '/healthz'].map((path) => [
        path,
        { target: 'http://127.0.0.1:8080', changeOrigin: true, headers: { origin: 'http://127.0.0.1:8080' } },
      ]),
    ),
  },
});
