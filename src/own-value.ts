/** The value of a name that comes from outside; undefined where a table has none of its own: `constructor` is in every object. */
export function ownValue<Value>(values: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined {
  return name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}
