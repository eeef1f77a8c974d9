// A tree as a list of rows, which is what a window over ten thousand nodes can be cut from.
export interface TreeNode<T> {
  id: string;
  item: T;
  parent: TreeNode<T> | null;
  children: TreeNode<T>[];
  // 1 for a root, as aria-level counts.
  level: number;
}

// Builds the tree from records in any order. A record whose parent is not among them (the person may not see it) is
// shown as a root, so that nothing visible is ever lost. Order among siblings is the order of the records.
export function buildTree<T>(
  records: readonly T[],
  id_of: (record: T) => string,
  parent_of: (record: T) => string | undefined,
): TreeNode<T>[] {
  const nodes = new Map<string, TreeNode<T>>();
  for (const item of records) nodes.set(id_of(item), { id: id_of(item), item, parent: null, children: [], level: 1 });
  const roots: TreeNode<T>[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(parent_of(node.item) ?? "");
    if (parent === undefined || isWithin(parent, node)) roots.push(node);
    else {
      node.parent = parent;
      parent.children.push(node);
    }
  }
  for (const root of roots) setLevels(root);
  return roots;
}

// Whether `node` is `top` or below it; guards against records that name each other as parents.
function isWithin<T>(node: TreeNode<T>, top: TreeNode<T>): boolean {
  for (let each: TreeNode<T> | null = node; each !== null; each = each.parent) if (each === top) return true;
  return false;
}

function setLevels<T>(root: TreeNode<T>) {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.level = node.parent === null ? 1 : node.parent.level + 1;
    open.push(...node.children);
  }
}

// The rows to show, top to bottom: children only below an expanded node.
export function visibleRows<T>(roots: readonly TreeNode<T>[], expanded: ReadonlySet<string>): TreeNode<T>[] {
  const rows: TreeNode<T>[] = [];
  const open = [...roots].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    rows.push(node);
    if (expanded.has(node.id))
      for (let i = node.children.length - 1; i >= 0; i -= 1) open.push(node.children[i] as TreeNode<T>);
  }
  return rows;
}

// The nodes that match and the way to each of them; answers the pruned tree and what has to be expanded to see it.
export function filterTree<T>(
  roots: readonly TreeNode<T>[],
  matches: (item: T) => boolean,
): { roots: TreeNode<T>[]; expanded: Set<string>; match_count: number } {
  const expanded = new Set<string>();
  let match_count = 0;
  const prune = (node: TreeNode<T>): TreeNode<T> | null => {
    const children = node.children.map(prune).filter((child) => child !== null);
    const isMatch = matches(node.item);
    if (isMatch) match_count += 1;
    if (!isMatch && children.length === 0) return null;
    if (children.length > 0) expanded.add(node.id);
    const copy: TreeNode<T> = { ...node, children };
    for (const child of children) child.parent = copy;
    return copy;
  };
  const kept = roots.map(prune).filter((node) => node !== null);
  return { roots: kept, expanded, match_count };
}

export type TreeMove = { focus: string } | { expand: string } | { collapse: string } | null;

// What a key does in a tree (WAI-ARIA Authoring Practices, "Tree View").
export function treeKey<T>(
  rows: readonly TreeNode<T>[],
  expanded: ReadonlySet<string>,
  focused: string,
  key: string,
): TreeMove {
  const index = rows.findIndex((row) => row.id === focused);
  const row = rows[index];
  if (row === undefined) return rows[0] === undefined ? null : { focus: rows[0].id };
  const at = (i: number): TreeMove => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, i))];
    return target === undefined || target.id === focused ? null : { focus: target.id };
  };
  switch (key) {
    case "ArrowDown":
      return at(index + 1);
    case "ArrowUp":
      return at(index - 1);
    case "Home":
      return at(0);
    case "End":
      return at(rows.length - 1);
    case "PageDown":
      return at(index + 10);
    case "PageUp":
      return at(index - 10);
    case "ArrowRight":
      if (row.children.length === 0) return null;
      return expanded.has(row.id) ? at(index + 1) : { expand: row.id };
    case "ArrowLeft":
      if (row.children.length > 0 && expanded.has(row.id)) return { collapse: row.id };
      return row.parent === null ? null : { focus: row.parent.id };
    default:
      return null;
  }
}

// The part of the rows that a window of `height` pixels shows, with some rows more on either side.
export function windowOf(count: number, row_height: number, scroll_top: number, height: number, extra: number) {
  const first = Math.max(0, Math.floor(scroll_top / row_height) - extra);
  const last = Math.min(count, Math.ceil((scroll_top + height) / row_height) + extra);
  return { first, last: Math.max(first, last) };
}
