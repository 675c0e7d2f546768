// A form that was refused goes on at the first field that is wrong.
document.querySelector("main form [aria-invalid=true]")?.focus();
