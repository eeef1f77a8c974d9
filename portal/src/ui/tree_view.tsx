// A tree for up to ten thousand nodes: one tab stop, arrow keys, and only the rows in view are in the document.
import Icon from "@cloudscape-design/components/icon";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type TreeNode, treeKey, visibleRows, windowOf } from "./tree";

const ROW_HEIGHT_PX = 36;
const EXTRA_ROWS = 8;

interface TreeProps<T> {
  label: string;
  roots: TreeNode<T>[];
  expanded: ReadonlySet<string>;
  selected: string | undefined;
  onExpandedChange: (next: Set<string>) => void;
  onSelect: (item: T) => void;
  text: (item: T) => string;
  badge?: (item: T) => ReactNode;
}

export function Tree<T>(props: TreeProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [wanted, setFocused] = useState(props.selected ?? "");
  const rows = visibleRows(props.roots, props.expanded);
  // The focused row may have been filtered away or lie in a closed branch; then the first row takes its place.
  const focused = rows.some((row) => row.id === wanted) ? wanted : (rows[0]?.id ?? "");
  const { first, last } = windowOf(rows.length, ROW_HEIGHT_PX, scrollTop, height, EXTRA_ROWS);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const show = (id: string) => {
    const index = rows.findIndex((row) => row.id === id);
    const element = box.current;
    if (index < 0 || element === null) return;
    const top = index * ROW_HEIGHT_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_HEIGHT_PX > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW_HEIGHT_PX - element.clientHeight;
    }
  };
  const { selected } = props;
  // A tree in a closed section has no height, and nothing can be scrolled to in it.
  const isOpen = height > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the selection changes, not on every render.
  useEffect(() => {
    if (selected === undefined || !isOpen) return;
    setFocused(selected);
    show(selected);
  }, [selected, isOpen]);

  const toggle = (id: string) => {
    const next = new Set(props.expanded);
    if (!next.delete(id)) next.add(id);
    props.onExpandedChange(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows.find((each) => each.id === focused);
    if (row !== undefined && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      props.onSelect(row.item);
      return;
    }
    const move = treeKey(rows, props.expanded, focused, event.key);
    if (move === null) return;
    event.preventDefault();
    if ("focus" in move) {
      setFocused(move.focus);
      show(move.focus);
    } else toggle("expand" in move ? move.expand : move.collapse);
  };

  return (
    <div
      ref={box}
      className="menkyo-tree"
      role="tree"
      aria-label={props.label}
      aria-activedescendant={focused === "" ? undefined : rowId(focused)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <div className="menkyo-tree-space" role="presentation" style={{ height: rows.length * ROW_HEIGHT_PX }}>
        {rows.map((row, index) =>
          // The focused row stays in the document although it is out of view: aria-activedescendant points to it.
          (index >= first && index < last) || row.id === focused ? (
            <TreeRow
              key={row.id}
              row={row}
              top={index * ROW_HEIGHT_PX}
              isFocused={row.id === focused}
              isSelected={row.id === props.selected}
              isExpanded={props.expanded.has(row.id)}
              text={props.text(row.item)}
              badge={props.badge?.(row.item)}
              onToggle={() => toggle(row.id)}
              onSelect={() => {
                setFocused(row.id);
                props.onSelect(row.item);
              }}
              siblings={row.parent === null ? props.roots : row.parent.children}
            />
          ) : null,
        )}
      </div>
    </div>
  );
}

const rowId = (id: string) => `tree-${id}`;

interface TreeRowProps<T> {
  row: TreeNode<T>;
  siblings: TreeNode<T>[];
  top: number;
  isFocused: boolean;
  isSelected: boolean;
  isExpanded: boolean;
  text: string;
  badge?: ReactNode;
  onToggle: () => void;
  onSelect: () => void;
}

function TreeRow<T>(props: TreeRowProps<T>) {
  const { row } = props;
  const classes = ["menkyo-tree-row", props.isFocused && "is-focused", props.isSelected && "is-selected"];
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree itself has the focus (aria-activedescendant).
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the tree.
    <div
      id={rowId(row.id)}
      className={classes.filter(Boolean).join(" ")}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={props.siblings.length}
      aria-posinset={props.siblings.indexOf(row) + 1}
      aria-expanded={row.children.length === 0 ? undefined : props.isExpanded}
      aria-selected={props.isSelected}
      style={{ transform: `translateY(${props.top}px)`, paddingInlineStart: 4 + (row.level - 1) * 16 }}
      onClick={props.onSelect}
    >
      <span
        className="menkyo-tree-toggle"
        aria-hidden="true"
        onClick={(event) => {
          if (row.children.length === 0) return;
          event.stopPropagation();
          props.onToggle();
        }}
      >
        {row.children.length > 0 && <Icon name={props.isExpanded ? "angle-down" : "angle-right"} />}
      </span>
      <span className="menkyo-tree-text" title={props.text}>
        {props.text}
      </span>
      {props.badge}
    </div>
  );
}
