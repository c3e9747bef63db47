// Verifies tokens by the keys of a site, as anybody would with jose. Reads {jwks, tokens}, answers with a list.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const resolve = createRequire(process.argv[2] + "/").resolve;
const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(resolve("jose")));
const { jwks, tokens } = JSON.parse(readFileSync(0, "utf8"));
const keys = createLocalJWKSet(jwks);
const found = [];
for (const token of tokens) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, { algorithms: ["ES256"], currentDate: new Date(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).nbf * 1000) });
    found.push({ good: true, payload, header: protectedHeader });
  } catch (error) {
    found.push({ good: false, because: error.code ?? String(error) });
  }
}
console.log(JSON.stringify(found));
