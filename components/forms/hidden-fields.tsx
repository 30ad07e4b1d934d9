/** Values that a form sends without asking. They are input like any other: the action checks them again. */
export const HiddenFields = ({ values = {} }: { values?: Readonly<Record<string, string>> | undefined }) =>
  Object.entries(values).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />);
