/** Metric names and labels that a PromQL expression uses. */
export interface Uses {
  metrics: string[];
  labels: string[];
}

const keywords = new Set(['and', 'or', 'unless', 'offset', 'bool', 'on', 'by', 'ignoring', 'without', 'inf', 'nan']);

/** Finds what an expression uses, by its words: enough to tell a misspelt metric or label. */
export function usesOf(expression: string): Uses {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const withoutRanges = expression.replace(/\[[^\]]*\]/g, ' ').replace(/\boffset\s+\w+/g, ' ');
  const withoutGroups = withoutRanges.replace(
    /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g,
    (_, list: string) => {
      for (const label of list.split(',')) if (label.trim() !== '') labels.add(label.trim());
      return ' ';
    },
  );
  const withoutSelectors = withoutGroups.replace(/\{((?:[^}"]|"[^"]*")*)\}/g, (_, selector: string) => {
    for (const [, label = ''] of selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*"/g)) labels.add(label);
    return ' ';
  });
  for (const [, name = '', call] of withoutSelectors.matchAll(/(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(\()?/g))
    if (call === undefined && !keywords.has(name.toLowerCase())) metrics.add(name);
  return { metrics: [...metrics], labels: [...labels] };
}
