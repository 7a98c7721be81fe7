/*
 * The first instructions, and the doors by which the processor comes in again.
 *
 * PVH (Xen's docs/misc/pvh.pandoc): the hypervisor reads the note below from the ELF file and jumps to _start in 32-bit
 * protected mode, without paging, with %ebx at a struct hvm_start_info. Neither a boot loader nor a mode switch is needed.
 */
        .set XEN_ELFNOTE_PHYS32_ENTRY, 18
        .set CODE_SEGMENT, 8
        .set DATA_SEGMENT, 16
        .set STACK_SIZE, 16384
        .set PIC1_COMMAND, 0x20
        .set PIC2_COMMAND, 0xa0
        .set END_OF_INTERRUPT, 0x20

        .section .note.pvh, "a", @note
        .long 4                         /* bytes of the name */
        .long 4                         /* bytes of the value */
        .long XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .long _start

        .text
        .code32
        .global _start
_start: cli
        cld
        movl $stack_top, %esp
        lgdt gdt_pointer                /* the hypervisor's own table may lie anywhere */
        ljmp $CODE_SEGMENT, $1f
1:      movw $DATA_SEGMENT, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        movw %ax, %fs
        movw %ax, %gs
        pushl %ebx
        call machine_main               /* never returns */

/* ---- exceptions: a register dump for exception() in ending.c, which does not return ---- */

        /* Those for which the processor pushes no error code (Intel SDM 3A, 6.15): a zero stands in its place. */
        .irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 9, 15, 16, 18, 19, 20, 22, 23, 24, 25, 26, 27, 28, 31
exception_\vector:
        pushl $0
        pushl $\vector
        jmp dump
        .endr
        .irp vector, 8, 10, 11, 12, 13, 14, 17, 21, 29, 30
exception_\vector:
        pushl $\vector
        jmp dump
        .endr

dump:   cld
        pushal
        pushl %esp
        call exception

/* ---- interrupts: each only wakes the processor; the main loop finds out what there is to do ---- */

        .global interrupt_timer, interrupt_pic1, interrupt_pic2
interrupt_timer:
        incl ticks
interrupt_pic1:
        pushl %eax
        movb $END_OF_INTERRUPT, %al
        outb %al, $PIC1_COMMAND
        popl %eax
        iret
interrupt_pic2:
        pushl %eax
        movb $END_OF_INTERRUPT, %al
        outb %al, $PIC2_COMMAND
        outb %al, $PIC1_COMMAND
        popl %eax
        iret

        .section .rodata
        .global exception_doors
        .align 4
exception_doors:
        .irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        .long exception_\vector
        .endr

        .data                           /* the processor sets the accessed bits in it */
        .align 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff        /* code: 4 GB from 0, ring 0 */
        .quad 0x00cf92000000ffff        /* data: the same */
gdt_pointer:
        .word gdt_pointer - gdt - 1
        .long gdt

        .bss
        .align 16
        .skip STACK_SIZE
stack_top:
