import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(html|js|css|ttf|svg)$/;

/** Writes each file a second and third time, compressed: the server sends the one that a browser accepts. */
function compressed(): Plugin {
    return {
        name: "compressed",
        writeBundle({ dir }) {
            for (const name of readdirSync(dir!, { recursive: true, encoding: "utf8" })) {
                if (!COMPRESSIBLE.test(name)) continue;
                const path = join(dir!, name);
                const content = readFileSync(path);
                const quality = content.length > 500_000 ? 9 : 11; // the last two levels take long for a few bytes
                writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
                writeFileSync(
                    `${path}.br`,
                    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
                );
            }
        },
    };
}

export default defineConfig({
    base: "./", // the pages work under any path
    plugins: [compressed()],
    build: {
        target: "es2023",
        modulePreload: { polyfill: false },
        chunkSizeWarningLimit: 5_000, // Monaco, on GraphiQL's page only
        rollupOptions: { input: ["index.html", "t/index.html", "graphiql.html"] },
    },
});
