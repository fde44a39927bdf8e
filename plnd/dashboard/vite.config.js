import { defineConfig } from "vite";

export default defineConfig({
  // No file is put into another as a data: address, and no script into the page: the content
  // security policy allows neither.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    license: { fileName: "licences.md" },
    target: "es2022",
    chunkSizeWarningLimit: 400,
  },
});
