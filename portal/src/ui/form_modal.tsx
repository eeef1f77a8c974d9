// A form in a dialog: Enter submits, the refusal of the server is shown above the fields.
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect, useId, useRef } from "react";
import type { ApiProblem } from "../api/problem";
import { Dialog } from "./dialog";
import { ProblemAlert } from "./problem_alert";

// Of several choices the chosen one, as with Tab: from any other, the space bar would change the choice unasked.
const FIRST_FIELD = "input:not([readonly], [type=radio]:not(:checked)), textarea, button";

interface FormModalProps {
  title: string;
  submit: string;
  pending: boolean;
  problem: ApiProblem | null;
  children: ReactNode;
  onSubmit: () => void;
  onClose: () => void;
}

export function FormModal({ title, submit, pending, problem, children, onSubmit, onClose }: FormModalProps) {
  const form = useId();
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // The dialog puts the focus on its first button, "close"; who opens a form wants to fill it in.
    const frame = requestAnimationFrame(() => element.current?.querySelector<HTMLElement>(FIRST_FIELD)?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      action={
        <Button variant="primary" form={form} loading={pending}>
          {submit}
        </Button>
      }
    >
      <form
        id={form}
        ref={element}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // A page whose own form opened this dialog must not take it for its own.
          event.stopPropagation();
          if (!pending) onSubmit();
        }}
      >
        <Form>
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} />}
            {children}
          </SpaceBetween>
        </Form>
      </form>
    </Dialog>
  );
}
