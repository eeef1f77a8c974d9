// What vite.config.ts makes of ja.json and en.json.
declare module "*.json?entry" {
  const texts: object;
  export default texts;
}
declare module "*.json?rest" {
  const texts: object;
  export default texts;
}
