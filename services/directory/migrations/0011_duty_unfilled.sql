-- Days that began without a collector on the roster (未排值班), and were told of.
CREATE TABLE directory.duty_unfilled (
    duty_date date PRIMARY KEY
);
