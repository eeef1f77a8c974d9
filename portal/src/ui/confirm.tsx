// Asks before something that cannot be taken back, and stays open with the reason when the server refuses.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import { Dialog } from "./dialog";
import { ProblemAlert } from "./problem_alert";

interface ConfirmProps {
  title: string;
  confirm: string;
  children: ReactNode;
  action: () => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

export function Confirm({ title, confirm, children, action, onDone, onClose }: ConfirmProps) {
  const mutation = useMutation({ mutationFn: action, onSuccess: onDone });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      action={
        <Button variant="primary" loading={mutation.isPending} onClick={() => mutation.mutate()}>
          {confirm}
        </Button>
      }
    >
      <SpaceBetween size="m">
        {mutation.isError && <ProblemAlert problem={asProblem(mutation.error)} />}
        <div>{children}</div>
      </SpaceBetween>
    </Dialog>
  );
}
