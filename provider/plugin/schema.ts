export function packageSchema(version: string): object {
  return { name: "roster", version };
}
