// Parses a compose file strictly and checks what must stay true of it: no database port is published, every
// service says how it is, and no secret is written into it.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { parseDocument } from "yaml";

const file = process.argv[2];
const document = parseDocument(readFileSync(file, "utf8"), { strict: true, uniqueKeys: true, merge: true });
assert.deepEqual([...document.errors, ...document.warnings].map(String), [], `${file} is no valid YAML`);
const { services, secrets, volumes } = document.toJS();

for (const [name, service] of Object.entries(services)) {
  assert.ok(service.image || service.build, `${name}: neither image nor build`);
  assert.ok(service.healthcheck || service.restart === "no", `${name}: no healthcheck`);
  for (const port of service.ports ?? []) {
    assert.match(port, /^127\.0\.0\.1:/, `${name}: port ${port} is published to the world`);
  }
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    assert.ok(!/PASSWORD$|SECRET$|TOKEN$/.test(key), `${name}: ${key} belongs into a secret`);
    assert.doesNotMatch(String(value), /:\/\/[^/@]+:[^/@]+@/, `${name}: ${key} holds a password`);
  }
  for (const secret of service.secrets ?? []) {
    assert.ok(secrets[secret.source ?? secret], `${name}: unknown secret ${secret.source ?? secret}`);
  }
  for (const volume of service.volumes ?? []) {
    const source = volume.split(":")[0];
    if (!/^[./]/.test(source)) assert.ok(source in volumes, `${name}: unknown volume ${source}`);
  }
  for (const other of Object.keys(service.depends_on ?? {})) assert.ok(services[other], `${name}: unknown ${other}`);
}
assert.equal(services.postgres.ports, undefined, "the database port is published");
console.log(`${file}: ${Object.keys(services).length} services, good`);
